environment = "prod"
project     = "pulsepoint-prod"
domain      = "app.pulsepoint.example"
on_call     = "platform@pulsepoint.example"
instances   = { share = 1, warm = true }
# enough for 100 tenants; at 1,000 take db-custom-4-15360 and a replica
database = { tier = "db-custom-1-3840", available = true, replica = false, restore_days = 7 }
budget   = { billing_account = "000000-000000-000000", usd_a_month = 1000 }
