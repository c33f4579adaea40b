environment = "prod"
project     = "pulsepoint-prod"
domain      = "app.pulsepoint.example"
on_call     = "platform@pulsepoint.example"
instances   = { share = 1, warm = true }
# enough for 100 tenants; npm run cost tells when it is not
database = { tier = "db-custom-1-3840", available = true, replica = false, restore_days = 7 }
budget   = { billing_account = "000000-000000-000000", usd_a_month = 1000 }
