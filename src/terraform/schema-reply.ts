/**
 * The reply to GetProviderSchema in the bytes of the protocol, which the build puts here: a whole
 * process of each plan is asked for nothing else. Null where the provider runs from source.
 */
export const SCHEMA_REPLY: Uint8Array | null = null;
