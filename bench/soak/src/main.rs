//! A mixed load over everything that the account serves, with faults, for as long as asked; then every promise is looked at.
//!
//! Rule: a driver outside of the server. It knows at each moment what must be answered and what may be; whatever else is
//! answered is a finding, and one finding makes it end with 1.
//!
//! Usage: `soak --linklocal FILE --home DIR [--seconds N] [--seed N]`

mod arguments;
mod client;
mod contents;
mod faults;
mod full_disk;
mod load;
mod memory;
mod random;
mod register;
mod server;
mod verdict;
mod world;

use std::process::ExitCode;
use std::sync::Arc;
use std::thread::JoinHandle;

use arguments::Arguments;
use client::{Ask, Client, Keys};
use load::identity::People;
use load::instances::Fleet;
use load::limits::Bucket;
use load::metadata::Service;
use load::{BUCKET, Load};
use random::Random;
use server::Server;
use world::World;

fn main() -> ExitCode {
    let outcome = Arguments::parse(std::env::args().skip(1)).and_then(|arguments| run(&arguments));
    match outcome {
        Ok(0) => ExitCode::SUCCESS,
        Ok(findings) => {
            eprintln!("{findings} findings");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The number of findings.
fn run(arguments: &Arguments) -> Result<usize, String> {
    let data = arguments.home.join("data");
    let text = |error: std::io::Error| error.to_string();
    let mut server = Server::start(&arguments.linklocal, &arguments.home, &data).map_err(text)?;
    let world = Arc::new(world_of(&server).ok_or("the server printed no account")?);
    let mut client = Client::new(&world);
    let made = client.call(&world.admin, &Ask::s3("PUT", &format!("/{BUCKET}"), b""));
    if !matches!(&made, Ok(reply) if reply.status == 200) {
        return Err(format!("no bucket: {made:?}"));
    }
    let loads = start(&world, arguments.seed);
    let mut faults = Random::new(arguments.seed, "faults");
    let watch = faults::run(&world, &mut server, &mut faults, arguments.time);
    world.end();
    for load in loads {
        if load.join().is_err() {
            world.find("a load of the driver panicked".to_owned());
        }
    }
    watch.judge(&world);
    verdict::reach(&world, &mut server);
    full_disk::run(&world, arguments);
    println!("{}", verdict::report(&world, &watch, arguments));
    Ok(world.findings())
}

fn start(world: &Arc<World>, seed: u64) -> Vec<JoinHandle<()>> {
    let spawn =
        |name: &str, turn: Box<dyn FnMut(&mut Load) + Send>| Load::spawn(world, seed, name.to_owned(), turn);
    let mut loads = Vec::new();
    for number in 0..WRITERS {
        loads.push(spawn(&format!("objects-{number}"), Box::new(load::objects::turn)));
    }
    for number in 0..2 {
        let mut people = None;
        let turn = move |load: &mut Load| match &mut people {
            None => people = People::settle(load),
            Some(people) => People::turn(people, load),
        };
        loads.push(spawn(&format!("identity-{number}"), Box::new(turn)));
    }
    let mut fleet = None;
    let turn = move |load: &mut Load| match &mut fleet {
        None => fleet = Fleet::new(load),
        Some(fleet) => Fleet::turn(fleet, load),
    };
    loads.push(spawn("instances", Box::new(turn)));
    let (mut service, mut bucket) = (Service::new(), Bucket::new());
    loads.push(spawn("metadata", Box::new(move |load| service.turn(load))));
    loads.push(spawn("limits", Box::new(move |load| bucket.turn(load))));
    loads.push(spawn("look-ups", Box::new(load::limits::look_up)));
    loads.push(spawn("slow", Box::new(load::objects::slow_turn)));
    loads.push(spawn("uploads", Box::new(load::uploads::turn)));
    loads.push(spawn("listings", Box::new(load::listing::turn)));
    loads
}

/// From the first thing that the server said.
fn world_of(server: &Server) -> Option<World> {
    let greeting = server.greeting().ok()?;
    let member = |name: &str| {
        let (_, rest) = greeting.split_once(&format!("\"{name}\":\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let keys = Keys::new(&member("AccessKeyId")?, &member("SecretAccessKey")?, None);
    Some(World::new(server.api, server.imds, keys, member("AccountId")?, member("InstanceId")?))
}

const WRITERS: usize = 4;
