/** By what Terraform knows the provider, as `source` in `required_providers` has it. */
export const PROVIDER_ADDRESS = "registry.terraform.io/snapform/snapform";
