environment = "dev"
project     = "pulsepoint-dev"
domain      = "dev.pulsepoint.example"
on_call     = "platform@pulsepoint.example"
instances   = { share = 0.1, warm = false }
database    = { tier = "db-custom-1-3840", available = false, replica = false, restore_days = 7 }
