/** Flags that may stand before the command, and whether they take a value. */
const leading: Readonly<Record<string, boolean>> = {
  "-f": true,
  "--file": true,
  "--json": false,
  "--no-color": false,
};

/**
 * The arguments in the order that the parser wants: flags of every command may be written before
 * it (`snapform -f prod.yaml plan`), and `snapform help plan` means `snapform plan --help`.
 */
export function orderedArgs(args: readonly string[]): readonly string[] {
  const moved: string[] = [];
  let index = 0;
  for (;;) {
    const arg = args[index] ?? "";
    const takesValue = leading[arg.replace(/=.*$/s, "")];
    if (takesValue === undefined) break;
    const count = takesValue && !arg.includes("=") ? 2 : 1;
    moved.push(...args.slice(index, index + count));
    index += count;
  }
  const rest = args.slice(index);
  if (rest.length === 0) return moved.length === 0 ? [] : [...moved];
  if (rest[0] === "help") return [...rest.slice(1), "--help"];
  const end = rest.indexOf("--");
  return end < 0 ? [...rest, ...moved] : [...rest.slice(0, end), ...moved, ...rest.slice(end)];
}
