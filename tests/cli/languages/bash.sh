# The same program in each language. The first line says what to do: hello, sort, memory, throw or loop.
sort_numbers() {
	read -r n
	head -n "$n" | sort -n >/tmp/sorted # bash reads a pipe byte by byte
	mapfile -t a </tmp/sorted
	echo "${a[0]} ${a[-1]} $(($(IFS=+ && echo "${a[*]}")))"
}

memory() {
	text=x
	while [ ${#text} -lt $((200 << 20)) ]; do text+=$text; done
	echo "${text: -1}"
}

read -r what
case $what in
hello) echo hello ;;
sort) sort_numbers ;;
memory) memory ;;
throw) : "${thrown:?}" ;;
loop) while :; do :; done ;;
esac
