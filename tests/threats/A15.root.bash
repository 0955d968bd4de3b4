# each of them can be opened by who is not in a box
first=$("$BOX/A15" 2>&1) || :
[[ $first == 'broke: /proc/sys/'* ]]
