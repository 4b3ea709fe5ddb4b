//! The load: one thread, many connections, a fixed number of requests, each answer read to its end and checked.
//!
//! Prints one line: `requests N seconds S p50 MICROSECONDS p99 MICROSECONDS`. Ends with 1 at the first wrong answer.
//! Keep-alive requests are a closed loop: a connection sends its next request when it has its answer.
//!
//! Usage: `load ADDRESS --method GET|PUT --path PATH --requests N [--connections N] [--token TEXT] [--close]`
//! or `load ADDRESS --call SERVICE:ACTION --keys ID:SECRET --requests N …`: calls of AWS's, signed before the clock starts
//! (for S3 `get`, `bucket`, `object`, `put-hashed`, `put-unsigned` and `put-chunked` are the actions),
//! or `load ADDRESS --path PATH --sources N`: one request from each of the addresses 127.1.0.1 and up,
//! or `load ADDRESS [--keys ID:SECRET] --start PROGRAM …`: the time from a server's start to its first answer to a signed call.

mod arguments;
mod connection;
mod first_answer;
mod objects;
mod signed;

use std::io;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use arguments::Arguments;
use connection::{Connection, Progress};
use rustix::event::epoll;

fn main() -> ExitCode {
    let outcome = Arguments::parse(std::env::args().skip(1)).and_then(|arguments| {
        let outcome = match &arguments {
            Arguments { sources: 1.., .. } => from_each_source(&arguments),
            Arguments { program, .. } if !program.is_empty() => first_answer::measure(&arguments),
            _ => run(&arguments),
        };
        outcome.map_err(|error| error.to_string())
    });
    match outcome {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<String> {
    let requests = requests(arguments)?;
    let request = |number: usize| &requests[number % requests.len()];
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let mut connections = Vec::new();
    let started = Instant::now();
    let (mut sent, mut latencies) = (0, Vec::with_capacity(arguments.requests));
    for index in 0..arguments.connections.min(arguments.requests) {
        connections.push(open(arguments, request(sent), &epoll, index)?);
        sent += 1;
    }
    let mut events = Vec::with_capacity(connections.len());
    while latencies.len() < arguments.requests {
        events.clear();
        epoll::wait(&epoll, rustix::buffer::spare_capacity(&mut events), Some(&PATIENCE))?;
        if events.is_empty() {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "no answer within 10 s"));
        }
        for event in &events {
            let index = usize::try_from(event.data.u64()).expect("an index of ours");
            let Progress::Answered(latency) = connections[index].advance(arguments.close)? else {
                continue;
            };
            latencies.push(latency);
            if sent == arguments.requests {
                // A closed connection would report its end again and again.
                epoll::delete(&epoll, connections[index].stream())?;
                continue;
            }
            if arguments.close {
                connections[index] = open(arguments, request(sent), &epoll, index)?;
            } else {
                connections[index].send(request(sent))?;
            }
            sent += 1;
        }
    }
    Ok(line(started.elapsed(), &mut latencies))
}

/// What is sent, in turn: made before the clock starts.
fn requests(arguments: &Arguments) -> io::Result<Vec<Vec<u8>>> {
    let Some(call) = &arguments.call else { return Ok(vec![arguments.request()]) };
    let keys = arguments.keys.as_ref().ok_or_else(|| io::Error::other("--call wants --keys"))?;
    signed::requests(arguments, call, keys)
}

/// Closing the connection that it replaces takes that one off the queue too.
fn open(
    arguments: &Arguments,
    request: &[u8],
    epoll: &rustix::fd::OwnedFd,
    index: usize,
) -> io::Result<Connection> {
    let mut connection = Connection::open(arguments.address, None)?;
    let data = epoll::EventData::new_u64(u64::try_from(index).expect("an index fits"));
    epoll::add(epoll, connection.stream(), data, epoll::EventFlags::IN)?;
    connection.send(request)?;
    Ok(connection)
}

fn from_each_source(arguments: &Arguments) -> io::Result<String> {
    let request = arguments.request();
    let started = Instant::now();
    let mut latencies = Vec::with_capacity(arguments.sources);
    for index in 0..arguments.sources {
        let mut connection = Connection::open(arguments.address, Some(connection::source(index)))?;
        connection.stream().set_nonblocking(false)?;
        connection.send(&request)?;
        latencies.push(loop {
            if let Progress::Answered(latency) = connection.advance(true)? {
                break latency;
            }
        });
    }
    Ok(line(started.elapsed(), &mut latencies))
}

fn line(elapsed: Duration, latencies: &mut [Duration]) -> String {
    latencies.sort_unstable();
    let quantile =
        |per_mille: usize| latencies[(latencies.len() * per_mille / 1000).min(latencies.len() - 1)];
    format!(
        "requests {} seconds {:.6} p50 {:.1} p99 {:.1}",
        latencies.len(),
        elapsed.as_secs_f64(),
        quantile(500).as_secs_f64() * 1e6,
        quantile(990).as_secs_f64() * 1e6,
    )
}

const PATIENCE: rustix::event::Timespec = rustix::event::Timespec { tv_sec: 10, tv_nsec: 0 };
