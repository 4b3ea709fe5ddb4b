//! The memory of a caller.
//!
//! Rule: everything that is read here was chosen by somebody else: lengths are bounded before they are believed, and a
//! pointer that leads nowhere is an answer, never a fault of ours. Source: process_vm_readv(2), proc(5).

use std::fs::File;
use std::io::IoSliceMut;
use std::os::unix::fs::FileExt;

use rustix::io::Errno;

use super::listener::last_error;

/// The address space of one thread that waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    thread: u32,
}

impl Memory {
    pub(super) fn of(thread: u32) -> Self {
        Self { thread }
    }

    /// Fills `bytes`, or fails with `EFAULT`.
    pub(super) fn read(self, address: u64, bytes: &mut [u8]) -> Result<(), Errno> {
        if bytes.is_empty() {
            return Ok(());
        }
        match self.copy_in(address, bytes) {
            Ok(read) if read == bytes.len() => Ok(()),
            Ok(_) => Err(Errno::FAULT),
            Err(errno) if system_call_forbidden(errno) => self.read_file(address, bytes),
            Err(errno) => Err(errno),
        }
    }

    pub(super) fn read_array<const N: usize>(self, address: u64) -> Result<[u8; N], Errno> {
        let mut bytes = [0; N];
        self.read(address, &mut bytes)?;
        Ok(bytes)
    }

    /// `length` bytes; the caller has bounded `length`.
    pub(super) fn read_vec(self, address: u64, length: usize) -> Result<Vec<u8>, Errno> {
        let mut bytes = vec![0; length];
        self.read(address, &mut bytes)?;
        Ok(bytes)
    }

    /// Writes all of `bytes`, or fails with `EFAULT`.
    pub(super) fn write(self, address: u64, bytes: &[u8]) -> Result<(), Errno> {
        if bytes.is_empty() {
            return Ok(());
        }
        match self.copy_out(address, bytes) {
            Ok(written) if written == bytes.len() => Ok(()),
            Ok(_) => Err(Errno::FAULT),
            Err(errno) if system_call_forbidden(errno) => self.write_file(address, bytes),
            Err(errno) => Err(errno),
        }
    }

    fn copy_in(self, address: u64, bytes: &mut [u8]) -> Result<usize, Errno> {
        let local = IoSliceMut::new(bytes);
        let remote = self.range(address, local.len())?;
        let local: *const libc::iovec = (&raw const local).cast();
        // SAFETY: `IoSliceMut` is laid out as `iovec` and lends its bytes for the call; the other range is in another
        // process, where the kernel checks it.
        let read = unsafe { libc::process_vm_readv(self.process(), local, 1, &raw const remote, 1, 0) };
        usize::try_from(read).map_err(|_| last_error())
    }

    fn copy_out(self, address: u64, bytes: &[u8]) -> Result<usize, Errno> {
        let local = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
        let remote = self.range(address, bytes.len())?;
        // SAFETY: the local range is `bytes`, which the kernel only reads; the other is in another process, where the
        // kernel checks it.
        let written =
            unsafe { libc::process_vm_writev(self.process(), &raw const local, 1, &raw const remote, 1, 0) };
        usize::try_from(written).map_err(|_| last_error())
    }

    fn range(self, address: u64, length: usize) -> Result<libc::iovec, Errno> {
        let address = usize::try_from(address).map_err(|_| Errno::FAULT)?;
        Ok(libc::iovec { iov_base: std::ptr::without_provenance_mut(address), iov_len: length })
    }

    /// Some containers forbid the system calls and leave the file.
    fn read_file(self, address: u64, bytes: &mut [u8]) -> Result<(), Errno> {
        let file = File::open(self.path()).map_err(|error| number_of(&error))?;
        file.read_exact_at(bytes, address).map_err(|_| Errno::FAULT)
    }

    fn write_file(self, address: u64, bytes: &[u8]) -> Result<(), Errno> {
        let file = File::options().write(true).open(self.path()).map_err(|error| number_of(&error))?;
        file.write_all_at(bytes, address).map_err(|_| Errno::FAULT)
    }

    fn path(self) -> String {
        format!("/proc/{}/mem", self.thread)
    }

    fn process(self) -> libc::pid_t {
        self.thread.cast_signed()
    }
}

fn system_call_forbidden(errno: Errno) -> bool {
    matches!(errno, Errno::PERM | Errno::NOSYS)
}

fn number_of(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::PERM)
}
