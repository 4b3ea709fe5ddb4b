//! A plain file server over the same HTTP stack: what is left of S3 without signatures, policies, checksums and records.
//!
//! Rule: files are read and written as the product does, on threads that may block, and a written file is on the disk before
//! it is acknowledged; nothing else is done.
//!
//! Usage: `file-server PORT DIRECTORY`

use std::convert::Infallible;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, directory] = arguments.as_slice() else {
        eprintln!("usage: file-server PORT DIRECTORY");
        return ExitCode::from(2);
    };
    let Ok(port) = port.parse() else {
        eprintln!("{port:?} is no port");
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    let served = runtime.and_then(|runtime| {
        runtime.block_on(tokio::task::LocalSet::new().run_until(serve(port, PathBuf::from(directory))))
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(port: u16, directory: PathBuf) -> io::Result<()> {
    let directory: Arc<Path> = directory.into();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let directory = Arc::clone(&directory);
        let service = service_fn(move |request| answer(Arc::clone(&directory), request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::task::spawn_local(connection);
    }
}

async fn answer(
    directory: Arc<Path>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let name = request.uri().path().trim_start_matches('/').replace('/', "-");
    let file = directory.join(name);
    let done = if request.method() == Method::PUT {
        put(file, request.into_body()).await
    } else {
        tokio::task::spawn_blocking(move || fs::read(file))
            .await
            .map_err(io::Error::other)
            .and_then(|read| read)
    };
    let mut response = Response::new(Full::default());
    match done {
        Ok(bytes) => *response.body_mut() = Full::new(bytes.into()),
        Err(_) => *response.status_mut() = StatusCode::NOT_FOUND,
    }
    Ok(response)
}

/// Beside the old one until it is whole.
async fn put(file: PathBuf, mut body: Incoming) -> io::Result<Vec<u8>> {
    let mut pieces = Vec::new();
    while let Some(frame) = body.frame().await {
        pieces.extend(frame.map_err(io::Error::other)?.into_data());
    }
    let write = move || {
        let draft = file.with_extension(DRAFTS.fetch_add(1, Ordering::Relaxed).to_string());
        let mut open = File::create(&draft)?;
        for piece in pieces {
            open.write_all(&piece)?;
        }
        open.sync_data()?;
        fs::rename(draft, file)
    };
    tokio::task::spawn_blocking(write).await.map_err(io::Error::other)??;
    Ok(Vec::new())
}

static DRAFTS: AtomicU64 = AtomicU64::new(0);
