# Devices that anybody may open, in folders that anybody may write.
mkdir -m 777 "$T/job" "$T/job/nodes"
mknod -m 666 "$T/job/nodes/null" c 1 3
mknod -m 666 "$T/job/nodes/zero" c 1 5
mknod -m 666 "$T/job/nodes/urandom" c 1 9
mknod -m 666 "$T/job/nodes/loop" b 7 1000
cp -a "$T/job/nodes" "$T/nodes"

