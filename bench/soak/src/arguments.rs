//! What is asked for.

use std::path::PathBuf;
use std::time::Duration;

pub(crate) struct Arguments {
    pub(crate) linklocal: PathBuf,
    /// An empty directory for the server's home and state.
    pub(crate) home: PathBuf,
    pub(crate) time: Duration,
    pub(crate) seed: u64,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments =
            Self { linklocal: PathBuf::new(), home: PathBuf::new(), time: Duration::from_secs(600), seed: 1 };
        while let Some(flag) = words.next() {
            let value = words.next().ok_or_else(|| format!("{flag} wants a value"))?;
            let number = || value.parse::<u64>().map_err(|_| format!("{flag} wants a number, not {value:?}"));
            match flag.as_str() {
                "--linklocal" => arguments.linklocal = PathBuf::from(value),
                "--home" => arguments.home = PathBuf::from(value),
                "--seconds" => arguments.time = Duration::from_secs(number()?),
                "--seed" => arguments.seed = number()?,
                _ => return Err(format!("no flag {flag}")),
            }
        }
        if arguments.linklocal.as_os_str().is_empty() || arguments.home.as_os_str().is_empty() {
            return Err("say --linklocal FILE and --home DIR".to_owned());
        }
        // The server works in a directory of its own.
        for path in [&mut arguments.linklocal, &mut arguments.home] {
            *path = std::path::absolute(&path).map_err(|error| error.to_string())?;
        }
        Ok(arguments)
    }
}
