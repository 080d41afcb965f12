/** What a stream is cut into on its way to the disk and to the thread that hashes it. */
export const SLOT_BYTES: number = 1024 * 1024;
export const SLOT_COUNT = 4;

const PAGE_BYTES = 64 * 1024;

interface MemoryDescriptor {
  readonly initial: number;
  readonly maximum: number;
  readonly shared: true;
}

declare const WebAssembly: {
  readonly Memory: new (pages: MemoryDescriptor) => { readonly buffer: SharedArrayBuffer };
};

/** Memory that threads share, in slots. */
export interface StreamMemory {
  readonly buffer: SharedArrayBuffer;
  readonly slots: readonly Uint8Array[];
}

/**
 * Of WebAssembly only the memory is used: it is the one kind that begins at a page, which writes
 * past the cache ask for.
 */
export function newStreamMemory(): StreamMemory {
  const pages = (SLOT_BYTES * SLOT_COUNT) / PAGE_BYTES;
  const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  return { buffer, slots: slotsOf(buffer) };
}

export function slotsOf(buffer: SharedArrayBuffer): readonly Uint8Array[] {
  const slot = (_one: unknown, index: number): Uint8Array =>
    new Uint8Array(buffer, index * SLOT_BYTES, SLOT_BYTES);
  return Array.from({ length: SLOT_COUNT }, slot);
}
