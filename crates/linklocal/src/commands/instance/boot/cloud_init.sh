#!/bin/sh
# cloud_init.sh INSTANCE_ID INSTANCE_TYPE: cloud-init, in a copy of this machine that is gone when it ends. Called by unshare(1), in
# namespaces of its own (mounts, host name, processes). Files are copied on write into memory; devices are those that hold nothing;
# the kernel's settings are read-only, since they are the machine's. It keeps a machine from accidents, not from malice: root is root.
set -eu
instance_id=$1 instance_type=$2

refuse() {
  echo "linklocal: $1" >&2
  exit 125
}

own=/tmp
mount -t tmpfs -o mode=755 tmpfs "$own" || refuse "this system gives no mounts of its own"
root=$own/root
mkdir "$root"

# What lies in the root itself is left out: there, programs look for signs of a container, in which cloud-init believes no firmware.
for place in /*; do
  [ ! -L "$place" ] || cp -P "$place" "$root$place"
  [ -d "$place" ] && [ ! -L "$place" ] || continue
  mkdir "$root$place"
  case $place in
    /proc | /dev | /sys | /lost+found) ;;
    /tmp) mount -t tmpfs -o mode=1777 tmpfs "$root$place" ;;
    # Services of this machine listen below /run; homes of this machine are not the instance's.
    /run | /root | /home) mount -t tmpfs -o mode=755 tmpfs "$root$place" ;;
    *)
      mkdir -p "$own/upper$place" "$own/scratch$place"
      mount -t overlay -o "lowerdir=$place,upperdir=$own/upper$place,workdir=$own/scratch$place" overlay "$root$place" ||
        refuse "$place cannot be copied on write"
      ;;
  esac
done

mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
for setting in sys sysrq-trigger irq bus fs; do
  [ -e "$root/proc/$setting" ] || continue
  mount --bind "$root/proc/$setting" "$root/proc/$setting"
  mount -o remount,bind,ro "$root/proc/$setting"
done

for device in null zero full random urandom tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
for stream in 0:stdin 1:stdout 2:stderr; do
  ln -s "/proc/self/fd/${stream%%:*}" "$root/dev/${stream#*:}"
done

# The firmware's data are those of a Nitro instance: by them cloud-init knows EC2, and asks for a token.
for place in /sys/* /sys/class/*; do
  case $place in /sys/class | /sys/class/dmi) continue ;; esac
  mkdir -p "$root$place"
  # Without what is mounted below it, such as control groups: that stays writable.
  mount --bind -o ro "$place" "$root$place"
done
mkdir -p "$root/sys/class/dmi/id"
uuid=$(printf 'ec2%-29s' "${instance_id#i-}" | tr ' ' 0 | sed 's/^\(.\{8\}\)\(.\{4\}\)\(.\{4\}\)\(.\{4\}\)/\1-\2-\3-\4-/')
while read -r name value; do
  echo "$value" >"$root/sys/class/dmi/id/$name"
done <<FIRMWARE
bios_vendor Amazon EC2
board_asset_tag $instance_id
board_vendor Amazon EC2
chassis_asset_tag Amazon EC2
chassis_vendor Amazon EC2
product_name $instance_type
product_serial $uuid
product_uuid $uuid
sys_vendor Amazon EC2
FIRMWARE

# The first boot of an instance. Modules that touch disks, clocks, the kernel or the network of the machine are left out.
rm -rf "$root/var/lib/cloud" "$root"/var/log/cloud-init*.log
mkdir -p "$root/etc/cloud/cloud.cfg.d" "$root/run/cloud-init"
cat >"$root/etc/cloud/cloud.cfg.d/zz-linklocal.cfg" <<'CONFIG'
datasource_list: [Ec2]
datasource: {Ec2: {max_wait: 20, timeout: 5}}
network: {config: disabled}
cloud_init_modules: [bootcmd, write-files, set_hostname, update_etc_hosts, ca-certs, users-groups]
cloud_config_modules: [runcmd]
cloud_final_modules: [package-update-upgrade-install, write-files-deferred, scripts-user, phone-home]
CONFIG

ended=0
for stage in init "modules --mode=config" "modules --mode=final"; do
  # shellcheck disable=SC2086
  chroot "$root" cloud-init $stage || { code=$? && [ "$ended" -ne 0 ] || ended=$code; }
done
exit "$ended"
