#!/bin/sh
# Installs Debian packages without starting the servers in them, now or at the next boot. Runs as root.
# Usage: sh install.sh [PACKAGE...]   (without packages it only tidies up after a run that was killed)
set -eu
export DEBIAN_FRONTEND=noninteractive PATH="/usr/local/sbin:/usr/sbin:/sbin:$PATH"

policy=/usr/sbin/policy-rc.d
saved=$policy.before-dailies

# Everything below happens in one place at a time, whichever clones ask for it.
mkdir -p /run/lock
exec 9>/run/lock/dailies-install.lock
flock 9

# Debian asks policy-rc.d before it starts a daemon; 101 forbids it. What was there comes back at the end,
# and after a kill -9 at the beginning of the next run.
restore() {
    if [ -e "$policy" ] && grep -q 'put here by Dailies' "$policy"; then rm -f "$policy"; fi
    if [ -e "$saved" ]; then mv -f "$saved" "$policy"; fi
}
restore
[ "$#" -gt 0 ] || exit 0
trap restore EXIT
trap 'exit 1' HUP INT TERM
if [ -e "$policy" ]; then mv -f "$policy" "$saved"; fi
printf '#!/bin/sh\n# put here by Dailies while it installs packages\nexit 101\n' >"$policy"
chmod 755 "$policy"

units=
for unit in rabbitmq-server.service nats-server.service postgresql.service epmd.service epmd.socket prometheus.service; do
    [ -e "/lib/systemd/system/$unit" ] || units="$units $unit"
done

dpkg --configure -a
apt-get -qq -o DPkg::Lock::Timeout=600 update
apt-get -qq -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold install --no-install-recommends "$@"

# Daemons that came with these packages are ours to leave off; those that were here before stay as they are.
for unit in $units; do
    [ -e "/lib/systemd/system/$unit" ] || continue
    # It works without systemd running, but wants to be called as by a package's own scripts.
    DPKG_MAINTSCRIPT_PACKAGE=dailies deb-systemd-helper disable "$unit" >/dev/null 2>&1 || true
done
