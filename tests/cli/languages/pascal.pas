{ The same program in each language. The first line says what to do: hello, sort, threads, memory, throw or loop. }
program main;
{$mode objfpc}

uses
  cthreads, classes, sysutils;

var
  a: array of longint;

procedure quicksort(l, r: longint);
var
  i, j, pivot, t: longint;
begin
  i := l;
  j := r;
  pivot := a[(l + r) div 2];
  repeat
    while a[i] < pivot do inc(i);
    while a[j] > pivot do dec(j);
    if i <= j then
    begin
      t := a[i];
      a[i] := a[j];
      a[j] := t;
      inc(i);
      dec(j);
    end;
  until i > j;
  if l < j then quicksort(l, j);
  if i < r then quicksort(i, r);
end;

procedure sort;
var
  n, i: longint;
  sum: int64 = 0;
begin
  readln(n);
  setlength(a, n);
  for i := 0 to n - 1 do
  begin
    readln(a[i]);
    sum := sum + a[i];
  end;
  quicksort(0, n - 1);
  writeln(a[0], ' ', a[n - 1], ' ', sum);
end;

type
  TQuarter = class(TThread)
    k: longint;
    sum: int64;
    procedure Execute; override;
  end;

procedure TQuarter.Execute;
var
  i: longint;
begin
  for i := 1 to 250000 do
    sum := sum + k * 250000 + i;
end;

procedure threads;
var
  all: array[0..3] of TQuarter;
  k: longint;
  sum: int64 = 0;
begin
  for k := 0 to 3 do
  begin
    all[k] := TQuarter.Create(true);
    all[k].k := k;
    all[k].Start;
  end;
  for k := 0 to 3 do
  begin
    all[k].WaitFor;
    sum := sum + all[k].sum;
  end;
  writeln(sum);
end;

procedure memory;
var
  p: pbyte;
begin
  getmem(p, 200 shl 20);
  fillchar(p^, 200 shl 20, 1);
  writeln(p[0]);
end;

var
  what: string;
begin
  readln(what);
  case what of
    'hello': writeln('hello');
    'sort': sort;
    'threads': threads;
    'memory': memory;
    'throw': raise Exception.Create('thrown');
    'loop': while true do;
  end;
end.
