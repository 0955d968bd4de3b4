# Root's, as an installed one is.
mkdir -m 755 "$T/bin"
cp "$SBX" "$T/bin/sbx"
chmod 777 "$T/bin/sbx"
