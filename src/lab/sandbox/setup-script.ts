/**
 * The script that `sh` runs as the first process of a program's own PID namespace. It builds the program's file system,
 * starts the program in it, and reports how it ended. When the script ends, the system ends every process of that namespace, even a process
 * that has forked twice, has called `setsid`, or ignores signals.
 *
 * The file system is new, is in memory, and has a maximum size. It has a copy of the program's own folder, an empty HOME, an empty /tmp,
 * and these folders read-only: the system's folders and the folders of the tools that the command needs. Nothing else of this machine is in
 * it: no home folder, no other hand-in, no data of Parlor. The program has no capability and can get no capability, so it cannot mount or
 * leave its root folder.
 *
 * The script stores the files of a build in an archive outside of this file system. The script writes and reads the archive with the rights
 * and the root folder of the program, so a link in the program's folder cannot lead to other files of the machine.
 *
 * The script gets its values as environment variables, because they are paths; the words of the command are its arguments.
 */
export const SETUP = `
set -e
mount -t tmpfs -o "size=$SBX_FILES,mode=755,nosuid,nodev" parlor "$SBX_ROOT"
show() {
  [ -e "$1" ] || return 0
  [ -e "$SBX_ROOT$1" ] && return 0
  if [ -L "$1" ]; then mkdir -p "$SBX_ROOT\${1%/*}"; cp -P "$1" "$SBX_ROOT$1"; return 0; fi
  mkdir -p "$SBX_ROOT$1"
  mount --rbind "$1" "$SBX_ROOT$1" || return 0
  mount -o remount,bind,ro,nosuid,nodev "$SBX_ROOT$1" 2>/dev/null ||
    mount -o remount,bind,ro,nosuid,nodev,noatime "$SBX_ROOT$1" 2>/dev/null || umount -l "$SBX_ROOT$1"
}
cp -a "$SBX_STAGE/." "$SBX_ROOT/"
chmod 755 "$SBX_ROOT"
mkdir -p "$SBX_ROOT/dev/shm" "$SBX_ROOT/proc" "$SBX_ROOT/tmp" "$SBX_ROOT$HOME"
chmod 1777 "$SBX_ROOT/tmp" "$SBX_ROOT/dev/shm"
if [ -n "$SBX_UID" ]; then
  chown -R "$SBX_UID:$SBX_UID" "$SBX_ROOT$HOME"
  printf '%s\\n' "$SBX_COPIED" | while IFS= read -r folder; do [ -z "$folder" ] || chown -R "$SBX_UID:$SBX_UID" "$SBX_ROOT$folder"; done
fi
printf '%s\\n' "$SBX_SHOWN" | while IFS= read -r folder; do show "$folder"; done
mkdir -p "$SBX_ROOT$SBX_CWD"
for name in null zero full random urandom tty; do
  : > "$SBX_ROOT/dev/$name"
  mount --bind "/dev/$name" "$SBX_ROOT/dev/$name"
done
ln -s /proc/self/fd "$SBX_ROOT/dev/fd"
ln -s /proc/self/fd/0 "$SBX_ROOT/dev/stdin"
ln -s /proc/self/fd/1 "$SBX_ROOT/dev/stdout"
ln -s /proc/self/fd/2 "$SBX_ROOT/dev/stderr"
mount -t proc proc "$SBX_ROOT/proc" 2>/dev/null || :
[ ! -t 0 ] || stty -echo -onlcr
ids=
[ -z "$SBX_UID" ] || ids="--reuid=$SBX_UID --regid=$SBX_UID --clear-groups"
report=$SBX_REPORT root=$SBX_ROOT cwd=$SBX_CWD limits=$SBX_LIMITS kept=$SBX_KEPT keeps=$SBX_KEEPS
unset SBX_KEPT SBX_KEEPS SBX_FILES SBX_ROOT SBX_STAGE SBX_UID SBX_COPIED SBX_SHOWN SBX_REPORT SBX_CWD SBX_LIMITS PWD OLDPWD
set +e
run() {
  prlimit $limits -- chroot "$root" setpriv $ids --no-new-privs --inh-caps=-all --bounding-set=-all -- sh -c 'cd "$0" && exec "$@"' "$cwd" "$@"
}
[ ! -e "$kept" ] || run tar -xf - < "$kept"
run "$@"
code=$?
if [ -n "$keeps" ] && [ "$code" = 0 ]; then run tar -cSf - . > "$kept" || { code=$?; rm -f "$kept"; }; fi
{ times; echo "code $code"; } > "$report"
`

/**
 * The script for a system that gives the program no namespaces. The script sets the limits that a shell can set, and then the program
 * replaces the shell.
 */
export const PLAIN_SETUP = `
[ ! -t 0 ] || stty -echo -onlcr
ulimit -c 0
ulimit -t "$SBX_SECONDS"
ulimit -f "$SBX_BLOCKS"
[ -z "$SBX_PROCESSES" ] || ulimit -u "$SBX_PROCESSES" 2>/dev/null || ulimit -p "$SBX_PROCESSES" 2>/dev/null || :
cd "$SBX_CWD" || exit 126
unset SBX_SECONDS SBX_BLOCKS SBX_PROCESSES SBX_CWD PWD OLDPWD
exec "$@"
`
