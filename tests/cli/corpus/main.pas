{ One program, the same in each language: hello | threads | files | sort | time | alloc MIB. }
program main;
{$mode objfpc}

uses
  cthreads, classes, sysutils;

type
  TCounter = class(TThread)
    n: longint;
    procedure Execute; override;
  end;

procedure TCounter.Execute;
var
  i: longint;
begin
  for i := 1 to 100000 do
    inc(n);
end;

procedure threads;
var
  all: array[0..3] of TCounter;
  i, sum: longint;
begin
  sum := 0;
  for i := 0 to 3 do
    all[i] := TCounter.Create(false);
  for i := 0 to 3 do
  begin
    all[i].WaitFor;
    sum := sum + all[i].n;
  end;
  writeln(sum);
end;

procedure files;
var
  f: text;
  s: ansistring;
begin
  assign(f, '/tmp/file');
  rewrite(f);
  write(f, StringOfChar('x', 100000));
  close(f);
  reset(f);
  read(f, s);
  close(f);
  writeln(length(s));
end;

var
  a: array[0..999999] of int64;

procedure quicksort(l, r: longint);
var
  i, j: longint;
  p, t: int64;
begin
  i := l;
  j := r;
  p := a[(l + r) div 2];
  repeat
    while a[i] < p do inc(i);
    while a[j] > p do dec(j);
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
  i: longint;
  x: int64;
begin
  x := 1;
  for i := 0 to 999999 do
  begin
    x := x * 16807 mod 2147483647;
    a[i] := x;
  end;
  quicksort(0, 999999);
  writeln(a[0], ' ', a[500000], ' ', a[999999]);
end;

procedure slept;
var
  start: qword;
begin
  start := GetTickCount64;
  Sleep(100);
  if GetTickCount64 - start >= 99 then
    writeln('slept');
end;

procedure alloc(mib: ptruint);
var
  p: pbyte;
begin
  getmem(p, mib shl 20);
  fillchar(p^, mib shl 20, 1);
  writeln(p[(mib shl 20) - 1]);
end;

begin
  case ParamStr(1) of
    'threads': threads;
    'files': files;
    'sort': sort;
    'time': slept;
    'alloc': alloc(StrToInt(ParamStr(2)));
  else
    writeln('hello');
  end;
end.
