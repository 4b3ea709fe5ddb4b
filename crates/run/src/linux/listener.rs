//! The kernel's end of the filter: calls that wait, and their answers.
//!
//! Rule: a caller may be gone at any moment, so each answer says whether somebody was there to hear it, and nothing that
//! was read of a caller counts before its call is found alive. Source: seccomp_unotify(2).

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use libc::{seccomp_notif, seccomp_notif_addfd, seccomp_notif_resp, seccomp_notif_sizes};
use rustix::io::Errno;

/// The listener of one filter.
#[derive(Debug)]
pub(super) struct Listener(OwnedFd);

/// A system call that waits for its answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) id: u64,
    /// The calling thread, as seen from here.
    pub(super) thread: u32,
    pub(super) architecture: u32,
    pub(super) number: u32,
    pub(super) arguments: [u64; 6],
}

/// What the call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Value(i64),
    Error(Errno),
    /// As if the filter were not there.
    Continue,
    /// Interrupted: the kernel delivers the signal that waits, and restarts the call where the handler asks for that.
    Restart,
}

impl Listener {
    pub(super) fn new(listener: OwnedFd) -> Self {
        Self(listener)
    }

    /// Wakes the supervisor on the caller's processor, which then hands over to it at once instead of looking for another
    /// (6.6). Older kernels refuse, and are a little slower.
    pub(super) fn hasten(&self) {
        // SAFETY: the request takes a number, and no memory is involved.
        unsafe { libc::ioctl(self.0.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_SET_FLAGS, SYNC_WAKE_UP) };
    }

    /// The next call; waits for one. `None` where it was withdrawn meanwhile.
    pub(super) fn receive(&self) -> io::Result<Option<Waiting>> {
        let mut room = Room::<seccomp_notif>::new();
        match self.request(libc::SECCOMP_IOCTL_NOTIF_RECV, room.as_mut_ptr().cast()) {
            Ok(()) => Ok(Some(Waiting::of(room.as_ref()))),
            Err(Errno::NOENT | Errno::INTR) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Answers the call. `false` where the caller did not wait for it.
    pub(super) fn answer(&self, id: u64, reply: Reply) -> bool {
        let mut room = Room::<seccomp_notif_resp>::new();
        *room.as_mut() = reply.response(id);
        self.request(libc::SECCOMP_IOCTL_NOTIF_SEND, room.as_mut_ptr().cast()).is_ok()
    }

    /// Whether the caller still waits: what was read of it before is then its own.
    pub(super) fn waits(&self, id: u64) -> bool {
        let mut id = id;
        self.request(libc::SECCOMP_IOCTL_NOTIF_ID_VALID, (&raw mut id).cast()).is_ok()
    }

    /// Puts a copy of `descriptor` in the place of the caller's `target`.
    pub(super) fn replace(
        &self,
        id: u64,
        descriptor: BorrowedFd<'_>,
        target: RawFd,
        close_on_exec: bool,
    ) -> Result<(), Errno> {
        let mut addition = seccomp_notif_addfd {
            id,
            flags: SETFD,
            srcfd: descriptor.as_raw_fd().cast_unsigned(),
            newfd: target.cast_unsigned(),
            newfd_flags: if close_on_exec { libc::O_CLOEXEC.cast_unsigned() } else { 0 },
        };
        self.request(libc::SECCOMP_IOCTL_NOTIF_ADDFD, (&raw mut addition).cast())
    }

    /// Whether the kernel knows how to replace descriptors: it looks at the descriptor before it looks for the call.
    pub(super) fn can_replace(&self) -> bool {
        let mut addition =
            seccomp_notif_addfd { id: 0, flags: SETFD, srcfd: u32::MAX, newfd: 0, newfd_flags: 0 };
        let answer = self.request(libc::SECCOMP_IOCTL_NOTIF_ADDFD, (&raw mut addition).cast());
        answer == Err(Errno::BADF)
    }

    fn request(&self, request: libc::Ioctl, argument: *mut libc::c_void) -> Result<(), Errno> {
        // SAFETY: each caller passes the structure that the request reads and writes, with room for what the kernel may
        // know beyond this program's idea of it; it outlives the call.
        let result = unsafe { libc::ioctl(self.0.as_raw_fd(), request, argument) };
        if result < 0 { Err(last_error()) } else { Ok(()) }
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Waiting {
    fn of(notification: &seccomp_notif) -> Self {
        Self {
            id: notification.id,
            thread: notification.pid,
            architecture: notification.data.arch,
            number: notification.data.nr.cast_unsigned(),
            arguments: notification.data.args,
        }
    }
}

impl Reply {
    fn response(self, id: u64) -> seccomp_notif_resp {
        let response = |val, error, flags| seccomp_notif_resp { id, val, error, flags };
        match self {
            Self::Value(value) => response(value, 0, 0),
            Self::Error(errno) => response(0, -errno.raw_os_error(), 0),
            Self::Continue => response(0, 0, CONTINUE),
            Self::Restart => response(0, -RESTART_SYSTEM_CALL, 0),
        }
    }
}

/// A structure that a newer kernel may have grown, zeroed as `receive` needs it.
#[repr(C, align(8))]
struct Room<T> {
    known: T,
    rest: [u8; GROWTH],
}

impl<T> Room<T> {
    fn new() -> Self {
        // SAFETY: the structures of the kernel's interface hold integers only, for which all-zero bytes are a value.
        let known = unsafe { std::mem::zeroed() };
        Self { known, rest: [0; GROWTH] }
    }

    fn as_mut_ptr(&mut self) -> *mut Self {
        self
    }
}

impl<T> AsRef<T> for Room<T> {
    fn as_ref(&self) -> &T {
        &self.known
    }
}

impl<T> AsMut<T> for Room<T> {
    fn as_mut(&mut self) -> &mut T {
        &mut self.known
    }
}

/// Whether the kernel's structures fit into the room that is kept for them. An error on a kernel without listeners, and
/// where seccomp is forbidden.
pub(super) fn structures_fit() -> Result<bool, Errno> {
    let mut sizes = seccomp_notif_sizes { seccomp_notif: 0, seccomp_notif_resp: 0, seccomp_data: 0 };
    // SAFETY: the operation writes the three sizes to the structure that it is given.
    let result =
        unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_GET_NOTIF_SIZES, 0_u64, &raw mut sizes) };
    if result != 0 {
        return Err(last_error());
    }
    Ok(usize::from(sizes.seccomp_notif) <= size_of::<Room<seccomp_notif>>()
        && usize::from(sizes.seccomp_notif_resp) <= size_of::<Room<seccomp_notif_resp>>())
}

pub(super) fn last_error() -> Errno {
    Errno::from_io_error(&io::Error::last_os_error()).expect("the last error of the system has a number")
}

const SYNC_WAKE_UP: libc::c_ulong = 1;
const SETFD: u32 = 1;
const CONTINUE: u32 = 1;
/// `ERESTARTSYS`, which programs never see.
const RESTART_SYSTEM_CALL: i32 = 512;
const GROWTH: usize = 256;
