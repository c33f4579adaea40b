environment = "staging"
project     = "pulsepoint-staging"
domain      = "staging.pulsepoint.example"
on_call     = "platform@pulsepoint.example"
instances   = { share = 0.25, warm = false }
database    = { tier = "db-custom-2-7680", available = false, replica = true, restore_days = 7 }
