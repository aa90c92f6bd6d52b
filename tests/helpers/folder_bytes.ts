/** Bytes of all files in a folder, and in those below it. */
export function folderBytes(folder: string): number {
  let sum = 0;
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const inside = `${folder}/${name}`;
    sum += isDirectory ? folderBytes(inside) : Deno.statSync(inside).size;
  }
  return sum;
}
