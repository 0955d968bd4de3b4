-- The same program in each language. The first line says what to do: hello, sort, threads, memory, throw or loop.
import Control.Concurrent
import Control.Exception
import Control.Monad
import qualified Data.ByteString.Char8 as B
import Data.List (foldl', sort)
import Data.Maybe (mapMaybe)

sorted :: IO ()
sorted = do
  n <- readLn
  a <- sort . map fst . mapMaybe B.readInt . take n . B.lines <$> B.getContents
  putStrLn (unwords (map show [head a, last a, foldl' (+) 0 a]))

threads :: IO ()
threads = do
  sums <- newEmptyMVar
  forM_ [0 .. 3] $ \k ->
    forkOS (putMVar sums $! foldl' (+) 0 [k * 250000 + i | i <- [1 .. 250000 :: Int]])
  print . sum =<< replicateM 4 (takeMVar sums)

memory :: IO ()
memory = print (B.last (B.replicate (200 * 1024 * 1024) 'x'))

loop :: Int -> IO ()
loop n = loop (n + 1)

main :: IO ()
main = do
  what <- getLine
  case what of
    "hello" -> putStrLn "hello"
    "sort" -> sorted
    "threads" -> threads
    "memory" -> memory
    "throw" -> throwIO (userError "thrown")
    "loop" -> loop 0
    _ -> return ()
