(* The same program in each language. The first line says what to do: hello, sort, threads, memory, throw or loop. *)
let sort () =
  let n = read_int () in
  let a = Array.init n (fun _ -> read_int ()) in
  Array.sort compare a;
  Printf.printf "%d %d %d\n" a.(0) a.(n - 1) (Array.fold_left (+) 0 a)

let threads () =
  let sums = Array.make 4 0 in
  let quarter k =
    for i = 1 to 250000 do
      sums.(k) <- sums.(k) + k * 250000 + i
    done in
  List.iter Thread.join (List.map (Thread.create quarter) [0; 1; 2; 3]);
  print_int (Array.fold_left (+) 0 sums)

let memory () =
  print_char (Bytes.get (Bytes.make (200 lsl 20) 'x') 0)

let () =
  match read_line () with
  | "hello" -> print_string "hello"
  | "sort" -> sort ()
  | "threads" -> threads ()
  | "memory" -> memory ()
  | "throw" -> failwith "thrown"
  | "loop" -> while true do () done
  | _ -> ()
