"""The table of the projects."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Project",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("owner", models.CharField(max_length=100)),
                ("document", models.BigIntegerField()),
                ("workflow", models.BigIntegerField()),
            ],
        )
    ]
