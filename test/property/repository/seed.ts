/** The seed of this folder's laws: SNAPFORM_SEED repeats a run, else a new one is drawn. */
const given = process.env["SNAPFORM_SEED"];

export const seed: number =
  given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number.parseInt(given, 10);

console.log(`SNAPFORM_SEED=${seed}`);
