//! The account as its users see it: through the built binary, over its endpoints.

mod boot;
mod durability;
mod endpoints;
mod first_start;
mod house;
mod instances;
mod life;
mod limits;
mod profiles;
mod roles;
mod secrets;
mod whole;
