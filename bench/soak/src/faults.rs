//! What happens to the server: killed and started again, or held for a second.
//!
//! Rule: kills befall the first two fifths of the run. The process that is there then lives to the end, and what it holds is
//! watched: a leak must not hide behind restarts.

use std::time::{Duration, Instant};

use crate::memory::Watch;
use crate::random::Random;
use crate::server::Server;
use crate::world::World;

pub(crate) fn run(world: &World, server: &mut Server, random: &mut Random, time: Duration) -> Watch {
    let (start, mut watch) = (Instant::now(), Watch::default());
    let mut next = Duration::from_secs(3);
    while start.elapsed() < time {
        std::thread::sleep(Duration::from_millis(250));
        if let Some(status) = server.ended() {
            world
                .find(format!("the server ended by itself: {status}; its log ends: {}", tail(&server.log())));
            world.goes_down_or_up();
            revive(world, server);
        }
        let is_watched = start.elapsed() > time.mul_f64(LAST_KILL);
        if is_watched && let Some(sample) = server.sample() {
            watch.take(sample);
        }
        if start.elapsed() < next {
            continue;
        }
        if is_watched || random.below(3) == 0 {
            world.count("times the server was held for a second");
            server.hold(Duration::from_secs(1));
        } else {
            kill(world, server);
        }
        next = start.elapsed() + Duration::from_millis(3000 + random.below(9000));
    }
    watch
}

fn kill(world: &World, server: &mut Server) {
    world.goes_down_or_up();
    if let Err(error) = server.kill() {
        world.find(format!("the server cannot be killed: {error}"));
    }
    world.count("times the server was killed");
    revive(world, server);
}

fn revive(world: &World, server: &mut Server) {
    if let Err(error) = server.restart() {
        world.find(format!("the server does not start again: {error}"));
    }
    world.goes_down_or_up();
}

fn tail(log: &str) -> String {
    let mut lines: Vec<&str> = log.lines().rev().take(5).collect();
    lines.reverse();
    lines.join(" | ")
}

const LAST_KILL: f64 = 0.4;
