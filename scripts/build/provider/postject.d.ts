declare module "postject" {
  /** Puts a resource into a program, in place. */
  export function inject(
    program: string,
    name: string,
    resource: Buffer,
    options: { readonly sentinelFuse: string },
  ): Promise<void>;
}
