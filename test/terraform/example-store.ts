import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A thing of the example provider's world: one JSON file in its folder. */
export interface Thing {
  readonly id: string;
  readonly name: string;
  readonly size: string | null;
  readonly revision: number;
}

/** The world that the example provider manages: a folder of JSON files. */
export interface Store {
  readonly folder: string;
  read(id: string): Promise<Thing | null>;
  write(thing: Thing): Promise<void>;
  remove(id: string): Promise<void>;
  list(): Promise<readonly Thing[]>;
}

export function openStore(folder: string): Store {
  const fileOf = (id: string): string => join(folder, `${id}.json`);
  const read = async (id: string): Promise<Thing | null> => {
    try {
      return JSON.parse(await readFile(fileOf(id), "utf8")) as Thing;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  };
  return {
    folder,
    read,
    async write(thing) {
      await mkdir(folder, { recursive: true });
      await writeFile(fileOf(thing.id), JSON.stringify(thing));
    },
    async remove(id) {
      await rm(fileOf(id), { force: true });
    },
    async list() {
      await mkdir(folder, { recursive: true });
      const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).toSorted();
      const things = await Promise.all(names.map((name) => read(name.slice(0, -5))));
      return things.filter((thing) => thing !== null);
    },
  };
}
