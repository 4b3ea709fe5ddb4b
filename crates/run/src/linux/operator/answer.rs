//! Answers a connection: makes a loopback pair of it, one end the caller's socket, the other the switchboard's.
//!
//! The caller's own socket is connected, through a descriptor that is shared with us: its flags, options, epoll
//! registrations and copies in other processes stay what they are, and the kernel itself says `EINPROGRESS`, `EISCONN`
//! or `EALREADY` where it always does. A signal may take the caller away from our answer at any moment, and the kernel
//! then repeats the call; so what a call that waits returns is left to the kernel to say, which says it once, and which
//! no signal comes between. Under isolation, where the kernel is not to look again, the first repetition hears that the
//! connection stands, also where it is the caller's own. Where the system forbids sharing descriptors, or the socket cannot reach loopback
//! (it is held to another interface), a new socket is connected and put in its place. Then descriptors that were
//! registered with epoll before they connected lose the registration, and options are copied as far as the table in
//! `socket` goes; without sharing, not at all.

use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, OwnedFd, RawFd};

use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, sockopt};

use super::{Operator, Outcome, Replaced, Reply, Unheard};
use crate::platform::caller::{self, Caller};
use crate::platform::listener::Waiting;
use crate::platform::socket::{Kind, Said};
use crate::platform::{address, socket};
use crate::{Call, Isolation, Refusal, Route};

/// What became of a call to a link-local destination.
pub(super) enum Service {
    /// A connection was made: what the kernel has said of it to us, and what `connect` is to say of it.
    Connected(OwnedFd, Said, Reply),
    /// A connection stands, and this is the call's answer.
    Answered(OwnedFd, Reply),
    Said(Reply),
    NotOurs,
}

/// A caller's socket, as far as it can be known.
struct Near {
    descriptor: RawFd,
    /// Absent where the system forbids to share it.
    shared: Option<OwnedFd>,
    ipv6: bool,
}

impl Operator {
    /// Asks the switchboard about a TCP connection and does what it says.
    pub(super) fn serve(&mut self, waiting: &Waiting, descriptor: RawFd, destination: SocketAddr) -> Service {
        match self.try_serve(waiting, descriptor, destination) {
            Ok(service) => service,
            Err(errno) => Service::Said(Reply::Error(errno)),
        }
    }

    fn try_serve(
        &mut self,
        waiting: &Waiting,
        descriptor: RawFd,
        destination: SocketAddr,
    ) -> Result<Service, Errno> {
        // A caller that cannot be found has gone, and hears nothing of this.
        let caller = Caller::of(waiting.thread)?;
        let Some(near) = Near::of(&caller, waiting, descriptor)? else { return Ok(Service::NotOurs) };
        if near.ipv6 != destination.is_ipv6() {
            return Ok(Service::NotOurs);
        }
        let call = Call {
            destination: address::canonical(destination),
            process_id: caller.process()?,
            thread_id: waiting.thread,
        };
        if !self.listener.waits(waiting.id) {
            return Err(Errno::INTR);
        }
        match self.switchboard.route(&call) {
            Route::Answer => self.answer(waiting, &call, near),
            Route::PassThrough => Ok(Service::NotOurs),
            Route::Refuse(refusal) => Err(refusal.errno()),
        }
    }

    fn answer(&mut self, waiting: &Waiting, call: &Call, mut near: Near) -> Result<Service, Errno> {
        let Some(own) = near.shared.take() else {
            return match self.replaced_before(waiting.thread, near.descriptor) {
                Some(_) if self.isolation == Isolation::Off => Ok(Service::Said(Reply::Continue)),
                Some(_) => Err(Errno::ISCONN),
                None => self.replace(waiting, call, near),
            };
        };
        if socket::peer(&own).is_some() {
            return Ok(self.connected_before(own));
        }
        if socket::is_held_to_interface(&own) {
            near.shared = Some(own);
            return self.replace(waiting, call, near);
        }
        match self.doors.door(call.destination)?.connect(&own, near.ipv6) {
            Ok((far, said)) => self.hand_over(call, own, far, said),
            Err(errno) if is_state_of_socket(errno) => Err(errno),
            Err(_) => {
                near.shared = Some(own);
                self.replace(waiting, call, near)
            }
        }
    }

    /// The kernel's word on a socket that has a peer: 0 once, where nobody has heard it yet, then `EISCONN`.
    fn connected_before(&mut self, own: OwnedFd) -> Service {
        let cookie = sockopt::socket_cookie(&own).ok();
        if let Some(unheard) = self.unheard.take(|unheard| Some(unheard.cookie) == cookie) {
            return Service::Answered(own, Reply::Value(unheard.value));
        }
        if self.isolation == Isolation::Off {
            return Service::Said(Reply::Continue);
        }
        match socket::conclude(&own) {
            Ok(()) => Service::Answered(own, Reply::Value(0)),
            Err(errno) => Service::Said(Reply::Error(errno)),
        }
    }

    fn hand_over(&self, call: &Call, own: OwnedFd, far: TcpStream, said: Said) -> Result<Service, Errno> {
        if self.switchboard.connected(call, far).is_err() {
            socket::disconnect(&own);
            return Err(Errno::CONNREFUSED);
        }
        let reply =
            if socket::is_blocking(&own) { self.success(said) } else { Reply::Error(Errno::INPROGRESS) };
        Ok(Service::Connected(own, said, reply))
    }

    /// The kernel says what we would have to, where it has not said it to us.
    fn success(&self, said: Said) -> Reply {
        match (said, self.isolation) {
            (Said::UnderWay, Isolation::Off) => Reply::Continue,
            _ => Reply::Value(0),
        }
    }

    fn replace(&mut self, waiting: &Waiting, call: &Call, near: Near) -> Result<Service, Errno> {
        let flags = caller::descriptor_flags(waiting.thread, near.descriptor)?;
        let door = self.doors.door(call.destination)?;
        let family = if near.ipv6 { AddressFamily::INET6 } else { AddressFamily::INET };
        let new = rustix::net::socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        if let Some(shared) = &near.shared {
            socket::copy_options(shared, &new);
        }
        let (far, said) = door.connect(&new, near.ipv6)?;
        rustix::fs::fcntl_setfl(&new, flags & OFlags::NONBLOCK)?;
        if self.switchboard.connected(call, far).is_err() {
            return Err(Errno::CONNREFUSED);
        }
        self.listener.replace(waiting.id, new.as_fd(), near.descriptor, flags.contains(OFlags::CLOEXEC))?;
        let inode = rustix::fs::fstat(&new)?.st_ino;
        self.replaced.add(Replaced { inode, destination: call.destination, ipv6: near.ipv6 });
        Ok(Service::Connected(new, said, self.success(said)))
    }

    /// The socket that stands behind a descriptor, if it is one of ours.
    pub(super) fn replaced_before(&self, thread: u32, descriptor: RawFd) -> Option<Replaced> {
        if self.replaced.is_empty() {
            return None;
        }
        let inode = caller::descriptor_inode(thread, descriptor).ok()?;
        self.replaced.find(|replaced| replaced.inode == inode).copied()
    }

    /// A socket that the caller connects to somewhere else, or to nowhere, is no longer ours.
    pub(super) fn forget_replaced(&mut self, thread: u32, descriptor: RawFd) {
        if let Some(gone) = self.replaced_before(thread, descriptor) {
            self.replaced.take(|replaced| replaced.inode == gone.inode);
        }
    }

    pub(super) fn note_unheard(&mut self, near: &OwnedFd, reply: Reply) {
        if let (Ok(cookie), Reply::Value(value)) = (sockopt::socket_cookie(near), reply) {
            self.unheard.add(Unheard { cookie, value });
        }
    }
}

impl Near {
    /// `None` for what is no TCP socket.
    fn of(caller: &Caller, waiting: &Waiting, descriptor: RawFd) -> Result<Option<Self>, Errno> {
        match caller.share(descriptor) {
            Ok(shared) => Ok(socket::kind(&shared).filter(|kind| kind.tcp).map(|Kind { ipv6, .. }| Self {
                descriptor,
                shared: Some(shared),
                ipv6,
            })),
            Err(errno) if sharing_forbidden(errno) => {
                let protocol = caller::socket_protocol(waiting.thread, descriptor).unwrap_or_default();
                let ipv6 = protocol.ends_with(b"v6");
                let tcp = protocol.starts_with(b"TCP") || protocol.starts_with(b"MPTCP");
                Ok(tcp.then_some(Self { descriptor, shared: None, ipv6 }))
            }
            Err(errno) => Err(errno),
        }
    }
}

impl Refusal {
    fn errno(self) -> Errno {
        match self {
            Self::ConnectionRefused => Errno::CONNREFUSED,
            Self::NetworkUnreachable => Errno::NETUNREACH,
            Self::HostUnreachable => Errno::HOSTUNREACH,
            Self::TimedOut => Errno::TIMEDOUT,
            Self::PermissionDenied => Errno::ACCESS,
            Self::InvalidArgument => Errno::INVAL,
        }
    }
}

impl From<Service> for Outcome {
    /// For destinations that nobody else may be reached at.
    fn from(service: Service) -> Self {
        match service {
            Service::Connected(near, _, reply) | Service::Answered(near, reply) => {
                Self::Connected(near, reply)
            }
            Service::Said(reply) => Self::Reply(reply),
            Service::NotOurs => Self::Reply(Reply::Error(Errno::NETUNREACH)),
        }
    }
}

pub(super) fn sharing_forbidden(errno: Errno) -> bool {
    matches!(errno, Errno::PERM | Errno::ACCESS | Errno::NOSYS)
}

/// What the kernel says of a socket that is connected, connecting or listening, whatever its destination.
fn is_state_of_socket(errno: Errno) -> bool {
    matches!(errno, Errno::ISCONN | Errno::ALREADY | Errno::TIMEDOUT)
}
