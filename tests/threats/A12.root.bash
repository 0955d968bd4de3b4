# Folders that anybody may write, so that it is the mount alone that forbids it; one of them with a mount below it.
own_mounts
mkdir -m 777 "$T/job" "$T/open" "$T/open/below"
mount -t tmpfs -o mode=777 none "$T/open/below"
echo text | tee "$T/job/file" "$T/open/file" >"$T/open/below/file"
chmod 666 "$T/job/file" "$T/open/file" "$T/open/below/file"
