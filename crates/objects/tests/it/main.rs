//! What is promised of objects, from outside.

mod concurrency;
mod crash;
mod faults;
mod interleaving;
mod listing;
mod model;
mod single;
mod uploads;
mod world;
