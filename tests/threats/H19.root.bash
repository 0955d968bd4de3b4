# What stands in /etc/subuid is not read, and a user is a number as a whole or a name
for user in 4294967296 4294967295 -1 1.5 0x10 ' 1' '1 ' 1k '' 18446744073709551617 00 no-such-user-here $'root\n' root:1; do
	status=0
	"$SBX" setup --user "$user" >"$T/out" 2>"$T/err" || status=$?
	equal "$status" 2
	one_line "$T/err" '^sbx: setup: '
done
