# Somebody else's folders, one of which is for nobody else.
mkdir "$T/theirs" "$T/theirs-alone"
cp "$BOX/die" "$T/theirs"
cp "$BOX/die" "$T/theirs-alone"
chown -R nobody: "$T/theirs" "$T/theirs-alone"
chmod 700 "$T/theirs-alone"
