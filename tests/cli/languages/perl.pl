# The same program in each language. The first line says what to do: hello, sort, threads, memory, throw or loop.
use strict;
use warnings;
use threads;
use List::Util qw(sum);

sub sorted {
	my $n = <STDIN>;
	my @a = sort { $a <=> $b } map { <STDIN> + 0 } 1 .. $n;
	print "$a[0] $a[-1] ", sum(@a), "\n";
}

sub quarter {
	my ($k) = @_;
	my $sum = 0;
	$sum += $k * 250000 + $_ for 1 .. 250000;
	return $sum;
}

sub threads {
	my @all = map { threads->create(\&quarter, $_) } 0 .. 3;
	print sum(map { $_->join } @all), "\n";
}

sub memory {
	my ($mib) = @_;
	my $text = 'x' x ($mib << 20);
	print substr($text, -1), "\n";
}

chomp(my $what = <STDIN>);
if ($what eq 'hello') {
	print "hello\n";
} elsif ($what eq 'sort') {
	sorted();
} elsif ($what eq 'threads') {
	threads();
} elsif ($what eq 'memory') {
	memory(200);
} elsif ($what eq 'throw') {
	die 'thrown';
} elsif ($what eq 'loop') {
	1 while 1;
}
