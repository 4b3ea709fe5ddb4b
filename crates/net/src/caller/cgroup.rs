//! `/proc/<pid>/cgroup` (cgroups(7)): where a process is accounted, and in which container it runs.

/// The control group, and the container's id where the group's name tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cgroup {
    pub(super) path: Option<String>,
    pub(super) container_id: Option<String>,
}

impl Cgroup {
    /// Of version 2 there is one line, of version 1 one per controller: the deepest path says most. A process in a
    /// cgroup namespace of its own is shown with `/` or with `/../…`, and then its container has no name here.
    pub(super) fn parse(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let paths = text.lines().filter_map(|line| line.splitn(3, ':').nth(2)).filter(|path| *path != "/");
        let container_id = paths.clone().find_map(container_id);
        let path = paths.max_by_key(|path| path.matches('/').count()).map(str::to_owned);
        Self { path, container_id }
    }
}

/// The innermost container in a path.
fn container_id(path: &str) -> Option<String> {
    path.rsplit('/').find_map(|group| hexadecimal(group).or_else(|| machine(group))).map(str::to_owned)
}

/// 64 hexadecimal digits: `docker-<id>.scope`, `libpod-<id>.scope`, `crio-<id>.scope`, `cri-containerd-<id>.scope`,
/// `cri-containerd:<id>` or the bare id. `libpod-conmon-<id>` and `crio-conmon-<id>` are who watches the container.
fn hexadecimal(group: &str) -> Option<&str> {
    let name = group.strip_suffix(".scope").unwrap_or(group);
    let id = name.rsplit(['-', ':']).next()?;
    let is_id = id.len() == ID && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (is_id && !name.contains("-conmon-")).then_some(id)
}

/// A machine of systemd-nspawn, or of LXC, by its name.
fn machine(group: &str) -> Option<&str> {
    let nspawn = group.strip_prefix("machine-").and_then(|rest| rest.strip_suffix(".scope"));
    let service = || group.strip_prefix("systemd-nspawn@").and_then(|rest| rest.strip_suffix(".service"));
    let lxc = || group.strip_prefix("lxc.payload.");
    nspawn.or_else(service).or_else(lxc).filter(|name| !name.is_empty())
}

/// Digits of a container's id.
const ID: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_known_by_the_names_of_their_groups() {
        let id = &"0123456789abcdef".repeat(4);
        for (path, expected) in [
            (format!("0::/system.slice/docker-{id}.scope"), Some(id.as_str())),
            (format!("12:pids:/docker/{id}\n1:name=systemd:/docker/{id}\n0::/"), Some(id)),
            (format!("0::/docker/{id}/init.scope"), Some(id)),
            (
                format!(
                    "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0a_b.slice/cri-containerd-{id}.scope"
                ),
                Some(id),
            ),
            (format!("4:cpu:/kubepods/burstable/pod0a-b/{id}"), Some(id)),
            (
                format!("0::/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:{id}"),
                Some(id),
            ),
            (
                format!(
                    "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{id}.scope/container"
                ),
                Some(id),
            ),
            (format!("0::/machine.slice/libpod-conmon-{id}.scope"), None),
            (format!("0::/kubepods.slice/crio-{id}.scope"), Some(id)),
            ("0::/machine.slice/machine-debian\\x2d12.scope/payload".to_owned(), Some("debian\\x2d12")),
            ("0::/machine.slice/systemd-nspawn@web.service/payload".to_owned(), Some("web")),
            ("0::/lxc.payload.c1/init.scope".to_owned(), Some("c1")),
            ("0::/".to_owned(), None),
            ("0::/../..".to_owned(), None),
            ("0::/user.slice/user-0.slice/session-1.scope".to_owned(), None),
            (format!("0::/system.slice/docker-{}.scope", &id[1..]), None),
            (format!("0::/system.slice/docker-{}.scope", id.to_uppercase()), None),
            (String::new(), None),
            ("no colons".to_owned(), None),
        ] {
            assert_eq!(Cgroup::parse(path.as_bytes()).container_id.as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn the_deepest_group_is_shown() {
        let path = |text: &str| Cgroup::parse(text.as_bytes()).path;
        assert_eq!(path("1:a:/x\n2:b:/x/y\n0::/"), Some("/x/y".to_owned()));
        assert_eq!(path("0::/a:b"), Some("/a:b".to_owned()));
        assert_eq!(path("0::/\n"), None);
    }
}
