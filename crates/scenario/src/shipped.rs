//! The scenarios that come with the program.

/// A scenario's file, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    pub name: &'static str,
    pub text: &'static str,
}

/// All of them, by name.
pub const SHIPPED: [Shipped; 6] = [
    Shipped { name: "flaky", text: include_str!("../scenarios/flaky.toml") },
    Shipped { name: "late-rotation", text: include_str!("../scenarios/late-rotation.toml") },
    Shipped { name: "lost-tokens", text: include_str!("../scenarios/lost-tokens.toml") },
    Shipped { name: "role-revoked", text: include_str!("../scenarios/role-revoked.toml") },
    Shipped { name: "spot-interruption", text: include_str!("../scenarios/spot-interruption.toml") },
    Shipped { name: "token-refused", text: include_str!("../scenarios/token-refused.toml") },
];

/// The one of that name.
pub fn shipped(name: &str) -> Option<&'static Shipped> {
    SHIPPED.iter().find(|shipped| shipped.name == name)
}
