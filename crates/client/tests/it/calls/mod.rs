//! Calls against servers that fail: what is asserted is what the server counted. Time between attempts is simulated.

mod adaptive;
mod corrections;
mod retries;
mod world;
