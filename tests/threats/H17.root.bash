# What root has, and what it left open: a folder, and in it a link of the user's.
USER_ID=${CALLER:-65533}
mkdir -m 777 "$T/theirs" "$T/theirs/out"
mkdir -m 755 "$T/job" "$T/roots"
cp "$BOX/die" "$T/job"
echo 'of the group' >"$T/roots/group"
chmod 640 "$T/roots/group" # root:root, of which a user with root's group alone could read it
ln -s "$SUITE/roots/secret" "$T/theirs/link"
chown -h "$USER_ID" "$T/theirs/link"
# root's own runs do not lend their rights to such files either: a link that the user left is not followed
status=0
"$SBX" run --box "$T/job" --stdin "$T/theirs/link" -- /bin/cat >"$T/out" 2>"$T/err" || status=$?
equal "$status $(cat "$T/out")" '3 '
