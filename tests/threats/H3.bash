# shellcheck disable=SC2154 # box() sets status
# What cannot be executed is a failure at the stage exec, with its errno: never RE, never a status that a program could have.
mkdir -m 755 "$T/job" "$T/job/folder"
cd "$T/job" || exit
mv "$T/private" private
cp "$BOX/die" plain
chmod 644 plain
printf '#!/no/such/interpreter\n' >script
printf '#!/bin/sh\r\nexit 0\n' >dos
printf '#!./self\n' >self
printf '#!/box/plain\n' >through
printf '#!\n' >bare
: >empty
echo 'exit 0' >text
cp "$BOX/die" arm
printf '\xb7' | dd of=arm bs=1 seek=18 conv=notrunc status=none
cp "$BOX/die" object
printf '\x01' | dd of=object bs=1 seek=16 conv=notrunc status=none
head -c 40 "$BOX/die" >half
printf '\177ELF' >magic
sed 's|/lib64/ld-linux-x86-64.so.2|/lib64/ld-linux-x86-64.so.9|' /bin/true >interpreter
ln -s nowhere link
ln -s loop loop
mkfifo fifo
chmod 755 script dos self through bare empty text arm object half magic interpreter fifo

# broken ERRNO PROGRAM
broken() {
	local want
	for want in '' --passthrough; do
		# shellcheck disable=SC2086
		JOB=$T/job box $want -- "$2" exit 0
		equal "$status" 3
		verdict IE error error.stage=exec "error.errno_name=$1" exit_code=null signal=null wall_us=null stdout_bytes=0
		equal "$(cat "$T/out")" ''
		[ -z "${SBX_VM:-}" ] || break
	done
}
while read -r errno program; do
	broken "$errno" "$program"
done <<-'END'
	ENOENT ./missing
	ENOENT missing
	EACCES ./folder
	EACCES ./plain
	EACCES ./private
	ENOENT ./script
	ENOENT ./dos
	ELOOP ./self
	EACCES ./through
	ENOEXEC ./bare
	ENOEXEC ./empty
	ENOEXEC ./text
	ENOEXEC ./arm
	ENOEXEC ./object
	ENOEXEC ./magic
	ENOENT ./interpreter
	ENOENT ./link
	ELOOP ./loop
	EACCES ./fifo
	ENOTDIR ./plain/x
	EACCES /dev/null
END
broken ENAMETOOLONG "./$(head -c 300 /dev/zero | tr '\0' n)"
# after the kernel has thrown away the old memory it can only kill: not OK, and not a program that was run
python3 -IS - "$BOX/die" <<-'END'
	import sys
	die = bytearray(open(sys.argv[1], "rb").read())
	open("half2", "wb").write(die[:2000])
	entry = bytearray(die)
	entry[24:32] = (0xffff800000000000).to_bytes(8, "little")
	open("entry", "wb").write(entry)
END
chmod 755 half half2 entry
for program in ./half ./half2 ./entry; do
	JOB=$T/job box -- "$program" exit 0
	equal "$(field 'r["verdict"] in ("IE", "RE") and r["exit_code"] is None')" True
done
# a program of 32 bits, which makes one call: exit(0)
python3 -IS - <<-'END'
	import struct
	code = b"\xb8\x01\0\0\0\x31\xdb\xcd\x80"
	head = b"\x7fELF\1\1\1" + bytes(9) + struct.pack("<HHIIIIIHHHHHH", 2, 3, 1, 0x8048054, 52, 0, 0, 52, 32, 1, 0, 0, 0)
	open("bits32", "wb").write(head + struct.pack("<IIIIIIII", 1, 0, 0x8048000, 0x8048000, 84 + len(code), 84 + len(code), 5, 4096) + code)
END
chmod 755 bits32
JOB=$T/job box -- ./bits32
# some kernels do not have them at all
if [ "$(report verdict)" = IE ]; then report error.errno_name=ENOEXEC; else verdict SV syscall denied_syscall=i386:exit; fi
# without a filter it is a program like any other
JOB=$T/job box --seccomp none -- ./bits32
[ "$(report verdict)" = IE ] || verdict OK null
