environment = "prod"
project     = "pulsepoint-prod"
domain      = "app.pulsepoint.example"
on_call     = "platform@pulsepoint.example"
instances   = { share = 1, warm = true }
database    = { tier = "db-custom-8-30720", available = true, replica = true, restore_days = 7 }
budget      = { billing_account = "000000-000000-000000", usd_a_month = 1000 }
