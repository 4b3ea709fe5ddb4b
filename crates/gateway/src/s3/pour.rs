//! Bodies on their way from a connection to where objects are kept.
//!
//! Rule: memory does not grow with a body, and no thread waits for a client: what has come is written in lumps, the next of which is
//! gathered meanwhile.

use bytes::Bytes;
use net::Upload;
use objects::{Draft, ObjectError};
use sigv4::chunks::Trailer;
use sigv4::verify::Refusal;
use tokio::task::JoinHandle;

use super::refused;
use crate::authenticate::BodyPlan;
use crate::fault::Fault;

/// Reads `upload` to its end into `draft`, as `plan` says that it comes. Gives the draft, the bytes of data and the trailer.
pub(crate) async fn pour(
    upload: &mut Upload,
    plan: BodyPlan,
    draft: Draft,
) -> Result<(Draft, u64, Trailer), Fault> {
    let mut writer = Writer::new(draft);
    let mut plan = plan;
    while let Some(part) = upload.part().await.map_err(Fault::upload)? {
        match &mut plan {
            BodyPlan::Plain { .. } => writer.take(part).await?,
            BodyPlan::Chunked { reader, .. } => {
                let mut data = Vec::with_capacity(part.len());
                reader.push(&part, |piece| data.extend_from_slice(piece)).map_err(of_chunks)?;
                writer.take(data.into()).await?;
            }
        }
    }
    let trailer = match plan {
        BodyPlan::Plain { .. } => Trailer::default(),
        BodyPlan::Chunked { reader, .. } => reader.finish().map_err(of_chunks)?,
    };
    let (draft, received) = writer.finish().await?;
    Ok((draft, received, trailer))
}

pub(crate) fn of_chunks(error: sigv4::chunks::ChunkError) -> Fault {
    Fault::Signature(Box::new(Refusal::from(error)), None)
}

/// A draft, and what is to be written next.
pub(crate) struct Writer {
    /// With whoever writes to it, otherwise.
    draft: Option<Draft>,
    writing: Option<JoinHandle<Result<Draft, ObjectError>>>,
    gathered: Vec<Bytes>,
    length: usize,
    received: u64,
}

impl Writer {
    pub(crate) fn new(draft: Draft) -> Self {
        Self { draft: Some(draft), writing: None, gathered: Vec::new(), length: 0, received: 0 }
    }

    pub(crate) async fn take(&mut self, piece: Bytes) -> Result<(), Fault> {
        self.length += piece.len();
        self.received += piece.len() as u64;
        if !piece.is_empty() {
            self.gathered.push(piece);
        }
        if self.length >= LUMP { self.write().await } else { Ok(()) }
    }

    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    pub(crate) async fn finish(mut self) -> Result<(Draft, u64), Fault> {
        if self.length > 0 {
            self.write().await?;
        }
        Ok((self.draft().await?, self.received))
    }

    async fn write(&mut self) -> Result<(), Fault> {
        let mut draft = self.draft().await?;
        let gathered = std::mem::take(&mut self.gathered);
        self.length = 0;
        self.writing = Some(tokio::task::spawn_blocking(move || {
            gathered.iter().try_for_each(|piece| draft.write(piece)).map(|()| draft)
        }));
        Ok(())
    }

    /// The draft, when what was being written is.
    async fn draft(&mut self) -> Result<Draft, Fault> {
        match self.writing.take() {
            None => Ok(self.draft.take().expect("it is here where nobody writes to it")),
            Some(writing) => match writing.await {
                Ok(written) => written.map_err(|error| refused::objects(error).into()),
                Err(panicked) => Err(refused::internal(panicked.to_string()).into()),
            },
        }
    }
}

/// Bytes that are written at once: few enough for thousands of clients, and many enough to be worth a thread's turn.
const LUMP: usize = 64 << 10;
