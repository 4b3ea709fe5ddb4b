//! Opening the file, and making it where there is none.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use redb::backends::FileBackend;
use redb::{Builder, Database, DatabaseError, ReadableDatabase as _, StorageError, TableHandle as _};
use store::schema::{self, SchemaError};
use store::{Feed, Revision, Store as _};

use crate::{DEADLINES, ENTRIES, FORMAT, Fault, REVISION, RedbStore, STATE};

/// The store's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("store {} is in use by another process; stop it or use another data directory", path.display())]
    InUse { path: PathBuf },
    #[error("store {} cannot be opened for writing; check its permissions and those of its directory", path.display())]
    Unwritable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("file {} is not a linklocal store; move it away or use another data directory", path.display())]
    NotAStore { path: PathBuf },
    #[error(
        "store {} is in a format of another version of linklocal ({found}); use that version or another data directory",
        path.display()
    )]
    OtherVersion { path: PathBuf, found: String },
    #[error("store {} is for another version of linklocal", path.display())]
    Schema {
        path: PathBuf,
        #[source]
        source: SchemaError,
    },
    #[error("store {} is damaged; restore it from a copy or use another data directory", path.display())]
    Damaged {
        path: PathBuf,
        #[source]
        source: Fault,
    },
}

impl RedbStore {
    /// Opens the store at `path`, and makes it if there is none: for its owner alone, mode 0600.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let file = prepared(path)?;
        let database = FileBackend::new(file)
            .and_then(|backend| Builder::new().set_cache_size(CACHE).create_with_backend(backend))
            .map_err(|error| refused(path, error))?;
        if initialise(&database, path)? {
            sync_parent(path).map_err(|source| OpenError::Unwritable { path: path.to_owned(), source })?;
        }

        let mut store =
            Self { database, path: path.to_owned(), feed: Feed::new(Revision(0)), turn: Mutex::default() };
        schema::ensure(&store).map_err(|source| OpenError::Schema { path: path.to_owned(), source })?;
        let revision = store.revision().map_err(|e| damaged(path, e.into()))?;
        store.feed = Feed::new(revision);
        Ok(store)
    }
}

/// The file, open. One whose making was cut short by a crash is made anew: redb writes its magic number last, so
/// nothing was ever acknowledged in a file without it.
fn prepared(path: &Path) -> Result<File, OpenError> {
    let unwritable = |source| OpenError::Unwritable { path: path.to_owned(), source };
    let mut options = OpenOptions::new();
    let file = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    let file = file.map_err(unwritable)?;
    if is_unfinished(&file).map_err(unwritable)? {
        match file.try_lock() {
            // Another process is about to finish it.
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(unwritable(source)),
            Ok(()) => file.set_len(0).and_then(|()| file.unlock()).map_err(unwritable)?,
        }
    }
    Ok(file)
}

fn is_unfinished(file: &File) -> io::Result<bool> {
    let mut start = Vec::new();
    let length = file.metadata()?.len();
    file.take(MAGIC).read_to_end(&mut start)?;
    Ok((1..=MAX_UNFINISHED).contains(&length) && start.iter().all(|byte| *byte == 0))
}

fn refused(path: &Path, error: DatabaseError) -> OpenError {
    let path = path.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => OpenError::InUse { path },
        DatabaseError::UpgradeRequired(found) => {
            OpenError::OtherVersion { path, found: format!("redb file format {found}") }
        }
        DatabaseError::Storage(StorageError::Io(source)) => match source.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => OpenError::NotAStore { path },
            _ => OpenError::Unwritable { path, source },
        },
        other => OpenError::Damaged { path, source: other.into() },
    }
}

/// Makes the tables in a new file, says whether it is one, and refuses a redb file of another program.
fn initialise(database: &Database, path: &Path) -> Result<bool, OpenError> {
    let tables = table_names(database).map_err(|source| damaged(path, source))?;
    if tables.is_empty() {
        create_tables(database).map_err(|source| damaged(path, source))?;
        return Ok(true);
    }
    let format = if tables.iter().any(|name| name == STATE.name()) {
        format(database).map_err(|_| OpenError::NotAStore { path: path.to_owned() })?
    } else {
        None
    };
    match format {
        Some(CURRENT) => Ok(false),
        Some(other) => {
            Err(OpenError::OtherVersion { path: path.to_owned(), found: format!("table format {other}") })
        }
        None => Err(OpenError::NotAStore { path: path.to_owned() }),
    }
}

fn table_names(database: &Database) -> Result<Vec<String>, Fault> {
    Ok(database.begin_read()?.list_tables()?.map(|table| table.name().to_owned()).collect())
}

fn format(database: &Database) -> Result<Option<u64>, Fault> {
    let state = database.begin_read()?.open_table(STATE)?;
    Ok(state.get(FORMAT)?.map(|number| number.value()))
}

fn create_tables(database: &Database) -> Result<(), Fault> {
    let write = database.begin_write()?;
    {
        let mut state = write.open_table(STATE)?;
        state.insert(FORMAT, CURRENT)?;
        state.insert(REVISION, 0)?;
        write.open_table(ENTRIES)?;
        write.open_table(DEADLINES)?;
    }
    Ok(write.commit()?)
}

/// A new file is durable once its directory is.
fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or_else(|| Path::new(".")))?.sync_all()
}

fn damaged(path: &Path, source: Fault) -> OpenError {
    OpenError::Damaged { path: path.to_owned(), source }
}

/// The whole server is to stay under 10 MiB, and the operating system caches the file anyway.
const CACHE: usize = 1024 * 1024;

const CURRENT: u64 = 1;

/// Length of redb's magic number.
const MAGIC: u64 = 9;

/// A file that redb makes starts with less than this; a larger one that starts with zeros is somebody's.
const MAX_UNFINISHED: u64 = 8 * 1024 * 1024;
