# Where set-user-ID bits count, which in /tmp they often do not.
own_mounts
mkdir "$T/suid"
mount -t tmpfs -o mode=755 none "$T/suid"
cp "$SBX" "$T/suid/sbx"
chmod 4755 "$T/suid/sbx"
