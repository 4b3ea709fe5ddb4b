#!/bin/sh
# Runs a command where cloud-init is installed: with_cloud_init.sh PACKAGE MODULES COMMAND…, in mounts of its own, as root. PACKAGE is
# the unpacked package, MODULES are those of Python that it depends on.
set -eu
package=$1 modules=$2
shift 2
mount -t tmpfs tmpfs /mnt
for place in etc usr; do
  mkdir -p "/mnt/upper/$place" "/mnt/scratch/$place"
  cp -r --preserve=mode,links "$package/$place/." "/mnt/upper/$place/"
done
mkdir -p /mnt/upper/usr/lib/python3/dist-packages
cp -r "$modules/." /mnt/upper/usr/lib/python3/dist-packages/
for place in etc usr; do
  mount -t overlay -o "lowerdir=/$place,upperdir=/mnt/upper/$place,workdir=/mnt/scratch/$place" overlay "/$place"
done
exec "$@"
