# Of root alone.
cp "$BOX/die" "$T/private"
chmod 700 "$T/private"
