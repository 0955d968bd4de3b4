<?php
// The same program in each language. The first line says what to do: hello, sort, memory, throw or loop.
function sorted()
{
	$n = (int) fgets(STDIN);
	$a = [];
	for ($i = 0; $i < $n; $i++)
		$a[] = (int) fgets(STDIN);
	sort($a);
	echo $a[0], ' ', $a[$n - 1], ' ', array_sum($a), "\n";
}

function memory()
{
	$text = str_repeat('x', 200 << 20);
	echo $text[-1], "\n";
}

switch (trim(fgets(STDIN))) {
	case 'hello': echo "hello\n"; break;
	case 'sort': sorted(); break;
	case 'memory': memory(); break;
	case 'throw': throw new Exception('thrown');
	case 'loop': for (;;);
}
